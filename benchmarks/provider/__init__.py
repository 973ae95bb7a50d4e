"""A model provider and a search engine that simulate time, over real HTTP.

    python -m benchmarks.provider [--pace JSON] [--data DIR]

It speaks OpenAI's chat protocol (streams, tools, structured output, usage) and Tavily's
search, in a process of its own, and never leaves 127.0.0.1. What takes time is
simulated: the first token of a reply, each further one, each search (pace.py). What is
said is right: `scripts/` answer as a perfect model would for each kind of
conversation, from the `Question` that the address names: `/QUESTION/v1`,
`/QUESTION/tavily`. The script is named where a model's name stands.

Objects:
    `Pace` (pace.py): the simulated times, as a frozen value.
    `Desk` (desk.py): judges a request and decides on its reply; no clock, no network.
    `serve` (server.py): the HTTP side; keeps to the times that the pace says.
    `Call` (ledger.py): one request as it is written down: tokens, begin, end, delay.
    `provider` (process.py): starts one in a process of its own for a `with` block.
    pieces.py: a stand-in for a tokenizer; times and usage count the same tokens.

Invariant: a sub-question is answered only if every reference in it was replaced by what
the earlier step found. Anything else is a `Refusal`, which is counted; a benchmark
with a refusal has failed.
"""
