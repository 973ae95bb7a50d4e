"""The live page: ask questions in a browser and watch their runs.

One process on 127.0.0.1, for whoever holds the token of its address. A run of this
server is a list of events that grows; whoever watches gets those that he lacks, by
their place in the list, so that reloading a page, a second one, and a lost connection
are all the same thing. Pictures are drawn here, by the same code as a report's; the
page's script changes what the events say and asks for a new picture when the plan
changes.

Objects:
    `Host` (host.py): what the server is given: agents, a journal, who plans.
    `Desk` (desk.py): begins, resumes, cancels and finds runs.
    `LiveRun` (live_run.py): one run of this server: its events, and who is waited for.
    `PageApprover`, `PageAsker` (approver.py, asker.py): ask the user on the page.
    `OnePlan` (one_plan.py): has two runs that are compared planned once.
    `told` (telling.py): an event, as the page's script is told of it.
    `Drawing` (drawing.py): pictures and tables of a run as it stands.
    `home_page`, `run_page`, `beside_page` (pages.py): the pages.
    `application` (routes.py): requests → the above.
    `Guard` (guard.py): who may ask at all, and what a browser may do with the answer.
    `serve` (serving.py): the process.

Invariant: no answer leaves this room that `Guard` has not let through.
"""
