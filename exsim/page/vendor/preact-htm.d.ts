// What of Preact and htm the page uses, for the type checker alone.
export type Child = unknown;
export interface Ref<T> { current: T }
export type Component<P = any> = (properties: P) => Child;
export function html(strings: TemplateStringsArray, ...values: any[]): Child;
export function h(type: any, properties?: any, ...children: any[]): Child;
export function render(tree: Child, parent: Element): void;
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((now: T) => T)) => void];
export function useEffect(effect: () => void | (() => void), given?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), given?: readonly unknown[]): void;
export function useRef<T>(initial: T): Ref<T>;
export function useMemo<T>(make: () => T, given: readonly unknown[]): T;
export function useCallback<T extends Function>(callback: T, given: readonly unknown[]): T;
export function useErrorBoundary(callback?: (error: any) => void): [any, () => void];
