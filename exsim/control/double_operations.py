"""
Entries of the table of operations: those of the test double.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.entries import Operation, change, read

_RULE: Final = "/rules/{rule}"
_FAULT: Final = "/faults/{fault}"
_RECORDING: Final = "/recordings/{recording}"
_SCENARIO: Final = "/scenarios/{scenario}"


# fmt: off
DOUBLE: Final[tuple[Operation, ...]] = (
    read("list_rules", "/rules", "List the rules, in the order they are asked",
         r.Page[dr.Rule], ds.RulesArguments, 404),
    change("create_rule", "POST", "/rules",
           "Make a rule: when a request fits, then these steps are taken", dr.Rule,
           body=ds.NewRule, status=201),
    change("clear_rules", "DELETE", "/rules", "Remove all rules, and end what they began",
           dr.Cleared, ds.OneVenueArguments),
    read("get_rule", _RULE, "Show a rule, and how often it fired", dr.Rule,
         ds.RuleArguments, 404, 409),
    change("replace_rule", "PUT", _RULE,
           "Have a rule be another, in its place; it counts from 0, what it began goes on", dr.Rule,
           ds.RulePlaceArguments, ds.NewRule),
    change("delete_rule", "DELETE", _RULE, "Remove a rule; what it began goes on", None,
           ds.RuleArguments),
    change("enable_rule", "POST", _RULE + "/enable", "Have a rule asked again", dr.Rule,
           ds.RuleArguments),
    change("disable_rule", "POST", _RULE + "/disable", "Have a rule not asked for now", dr.Rule,
           ds.RuleArguments),
    read("list_fault_kinds", "/fault-kinds", "List the kinds of faults, and what they take",
         r.Page[dr.FaultKind], s.PageArguments),
    read("list_faults", "/faults", "List the faults that are set", r.Page[dr.Fault],
         ds.FaultsArguments, 404),
    change("create_fault", "POST", "/faults", "Set a fault: messages that fit have a defect",
           dr.Fault, s.NoArguments, ds.NewFault, 201),
    change("clear_faults", "DELETE", "/faults", "Remove all faults", dr.Cleared,
           ds.OneVenueArguments),
    read("get_fault", _FAULT, "Show a fault, and how often it fired", dr.Fault,
         ds.FaultArguments, 404),
    change("replace_fault", "PUT", _FAULT,
           "Have a fault be another, in its place; it counts from 0, what it holds up goes on",
           dr.Fault, ds.FaultArguments, ds.NewFault),
    change("delete_fault", "DELETE", _FAULT, "Remove a fault; what it holds up goes on", None,
           ds.FaultArguments),
    change("enable_fault", "POST", _FAULT + "/enable", "Have a fault act again", dr.Fault,
           ds.FaultArguments),
    change("disable_fault", "POST", _FAULT + "/disable", "Have a fault not act for now", dr.Fault,
           ds.FaultArguments),
    read("list_races", "/races", "List the races, and what is armed of them", r.Page[dr.Race],
         ds.RulesArguments, 404, 409),
    change("race", "POST", "/races/{race}", "Arm a race: have two things happen at once",
           dr.Race, ds.RaceArguments, ds.NewRace),
    change("disarm_race", "DELETE", "/races/{race}", "Remove what is armed of a race",
           dr.Cleared, ds.RaceArguments),
    read("list_snapshots", "/snapshots", "List the snapshots that were taken",
         r.Page[dr.Snapshot], s.PageArguments),
    change("take_snapshot", "POST", "/snapshots/{snapshot}",
           "Keep the state as it is, or was after an entry of the journal", dr.Snapshot,
           ds.SnapshotArguments, ds.NewSnapshot, 201),
    change("restore_snapshot", "POST", "/snapshots/{snapshot}/restore",
           "Be as a snapshot says: all are disconnected, and the journal begins anew",
           dr.Snapshot, ds.SnapshotArguments),
    change("delete_snapshot", "DELETE", "/snapshots/{snapshot}", "Forget a snapshot", None,
           ds.SnapshotArguments),
    read("list_recordings", "/recordings", "List recordings, whole and under way",
         r.Page[dr.Recorded], s.PageArguments),
    change("start_recording", "POST", _RECORDING + "/start", "Record what is said from now on",
           dr.Recorded, ds.RecordingArguments, ds.NewRecording),
    change("stop_recording", "POST", _RECORDING + "/stop", "End a recording, and keep it",
           dr.Recorded, ds.RecordingArguments),
    read("get_recording", _RECORDING, "Save a recording: all that was said", dr.Recording,
         ds.RecordingArguments, 404, 409),
    change("load_recording", "PUT", _RECORDING, "Have a recording that was saved", dr.Recorded,
           ds.RecordingArguments, ds.LoadedRecording),
    change("delete_recording", "DELETE", _RECORDING, "Forget a recording", None,
           ds.RecordingArguments),
    read("convert_recording", _RECORDING + "/as/{form}",
         "Tell a recording as a script or a pytest test that expects the same", str,
         ds.RecordingFormArguments, 404, 409, media="text/plain; charset=utf-8"),
    Operation("play_recording", "POST", _RECORDING + "/play",
              "Play what was sent, or what came, once more: as fast as it was, or not",
              dr.Played,
              ds.RecordingArguments, ds.Playing, 200, (404, 409), waits=True, role="admin"),
    read("list_scripts", "/scripts", "List the scripts that can be run by name",
         r.Page[dr.Script], s.PageArguments),
    Operation("run_script", "POST", "/scripts/{script}/run",
              "Run a script, and tell what came of each step", dr.ScriptRun, ds.ScriptArguments,
              None, 200, (404, 422), waits=True, role="admin"),
    read("list_behaviours", "/behaviours",
         "List the outcomes that an order can choose by its symbol, ClOrdID or fields",
         r.Page[dr.Behaviour], ds.RulesArguments, 404),
    read("list_scenarios", "/scenarios", "List scenarios and the states that they are in",
         r.Page[dr.Scenario], ds.RulesArguments, 404),
    change("reset_scenarios", "DELETE", "/scenarios", "Put all scenarios back where they start",
           None, ds.OneVenueArguments),
    read("get_scenario", _SCENARIO, "Show the state of a scenario", dr.Scenario,
         ds.ScenarioArguments, 404, 409),
    change("set_scenario", "PUT", _SCENARIO, "Put a scenario in a state", dr.Scenario,
           ds.ScenarioArguments, ds.ScenarioState),
    change("reset_scenario", "DELETE", _SCENARIO, "Put a scenario back where it starts", None,
           ds.ScenarioArguments),
)
# fmt: on
