"""What speed is claimed is measured here, beside the alternative, in the same run.

    python -m benchmarks NAME [--scale X] [--data DIR] [--json FILE] ...

Each benchmark is a module of one noun with `add_options(parser)` and
`measure(options) -> Findings`. What it finds are figures for the JSON file, tables for
people, and aims: figures with the bound that they should keep, met or missed in plain
sight. Figures are ratios of things measured in the same run, in turns. Latencies that
are simulated are called so, with the seed that they were drawn from.

Objects:
    `Findings`, `Aim`, `Table` (findings.py): what one benchmark found.
    `in_own_process` (cell.py): one function in a Python of its own, so that no
        competitor pays for another's imports, garbage or threads.
    `peers/`: the same graph of steps run by others, one module for each.
    `Tokenizer` (tokenizer.py): how many tokens a text is, exactly or about.
    `shapes.py`: the graphs, as lists of dependency indexes.
    `Question` (questions/): questions of several parts with plans and answers.
    `Pace`, `provider` (provider/): models and searches whose time is simulated.
    `Site`, `Ask` (rivals/): the same question, asked in the ways of others.
    `ask` (asking.py): one rival, many questions, in a process of its own.
    `bound` (bound.py), `path` (waited.py): the least time of a question, and what of its
        requests was waited for.
    `latency`, `anatomy`, `calls`, `oracle`, `chains`, `faults`, `load`: the benchmarks
        that ask questions. `overhead`, `optimal` (slots.py), `hedge`, `shared`,
        `cancel`, `streaming`, `journal`, `views`, `tokens`, `waterfall`: the others.
    `run_all` (suite.py): all of them, into one file; readme.py and chart.py make the
        README's tables and pictures of it.

A missed aim is shown and changes nothing; a broken promise (a task left alive, a rate
exceeded) ends the command with exit code 1.
"""
