"""The command line: `dagplan ask`, `plan`, `run`, `resume`, `runs`, `show`, `serve`.

Reads options, asks the agent, shows the run while it goes on, and ends with one of
five exit codes. It decides nothing about plans or runs.

Objects:
    `main` (app.py): the program from its first line to its exit code.
    `parse` (commands.py): a command line → a job (jobs.py), which runs outside the
        option parser, so that errors and Ctrl-C meet one handler only.
    `Options` (options.py): what was asked for; `load_tools` (tools_option.py).
    `Crew` (crew.py): options → the agent, and who plans.
    `kept` (keeping.py): in which journal a run is recorded, and what is kept with it;
        `listed` (runs.py): the runs that are there.
    `TerminalApprover` (approver.py): asks whether a plan or a call may be run;
        `TerminalAsker` (asker.py) what the planner has to know (terminal.py).
    `Screen` (screen.py): one output: its width, colours, characters; `Wrapper`
        (wrap.py) breaks lines of a text that is still being written.
    `show` (show.py, pictures.py): draws what was saved or recorded; `Saved`
        (saved.py): that.
    `RunPage` (run_page.py): the page of a run, as `--html` has it written.
    `serve` (serve.py): options → what the live page is served with.
    `Board` (board.py): a fold of events: the plan and where its steps stand.
    `Presenter` (present.py): shows a run; `Plain`, `LivePresenter`, `Silent`.
    `watched` (watch.py): runs something with a presenter looking on.
    `gain_line` (gain.py): what running side by side bought, honestly; `comparison`
        (comparing.py): the same by asking twice.
    `Underway` (underway.py): which steps run just now, and are left at an exit.
    `Ending` (exits.py): an error → what to say on stderr, and the exit code; `leave`
        (leave.py) ends the program with it.

Invariants: stdout carries the result and nothing else (with `--json` one object, with
`--quiet` one answer); what went wrong goes to stderr in lines that begin `dagplan: `.
No text of a model, a tool or a user reaches a terminal but through `views.escape`.
`dagplan --help` loads no model library: those are imported inside jobs.
"""
