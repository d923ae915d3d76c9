"""The pricing sources that come with exsim."""

from exsim.plugins import PricingPlugin

_AT = "exsim.pricing"

basket = PricingPlugin(
    "basket", f"{_AT}.basket.Basket", "Prices that correlate, all alike or by a matrix."
)
brownian = PricingPlugin("brownian", f"{_AT}.brownian.Brownian", "Geometric Brownian motion.")
external = PricingPlugin(
    "external", "exsim.pricing.external.External", "Prices that are told over REST from outside."
)
external_fix = PricingPlugin(
    "external-fix",
    "exsim.pricing.external_fix.ExternalFix",
    "Prices of another venue, by FIX market data.",
)
external_http = PricingPlugin(
    "external-http",
    "exsim.pricing.external_http.ExternalHttp",
    "Prices that an HTTP server is asked for, as JSON.",
)
external_websocket = PricingPlugin(
    "external-websocket",
    "exsim.pricing.external_websocket.ExternalWebSocket",
    "Prices that come by a web socket, as JSON.",
)
file = PricingPlugin("file", f"{_AT}.file.File", "Prices that were recorded in a file.")
fixed = PricingPlugin("fixed", f"{_AT}.fixed.Fixed", "Prices that never change.")
follower = PricingPlugin(
    "follower",
    "exsim.pricing.follower.Follower",
    "Prices of another venue: late, strayed, locked or stale.",
)
futures = PricingPlugin(
    "futures", f"{_AT}.futures.Futures", "Futures by their underlying and the cost of carry."
)
jump_diffusion = PricingPlugin(
    "jump-diffusion",
    f"{_AT}.jump_diffusion.JumpDiffusion",
    "Geometric Brownian motion that jumps now and then.",
)
manual = PricingPlugin(
    "manual", f"{_AT}.manual.Manual", "Prices that are set by hand: now, in steps, or for later."
)
mean_reverting = PricingPlugin(
    "mean-reverting",
    f"{_AT}.mean_reverting.MeanReverting",
    "A price that strays from a mean and comes back.",
)
options = PricingPlugin(
    "options", f"{_AT}.options.Options", "Options by their underlying, after Black and Scholes."
)
random_walk = PricingPlugin(
    "random-walk", f"{_AT}.random_walk.RandomWalk", "Up or down by some ticks each time."
)
regimes = PricingPlugin(
    "regimes",
    f"{_AT}.regimes.Regimes",
    "Calm, trends and crashes by chance, and a gap at the open.",
)
stochastic_volatility = PricingPlugin(
    "stochastic-volatility",
    f"{_AT}.stochastic_volatility.StochasticVolatility",
    "Brownian motion whose volatility comes and goes.",
)
