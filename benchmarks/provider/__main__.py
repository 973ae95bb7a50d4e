"""`python -m benchmarks.provider`: serve until told to end; prints the address first."""

import argparse
import json
import socket
from pathlib import Path

from benchmarks.questions.catalogue import catalogue

from .desk import Desk
from .pace import Pace
from .server import serve


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pace", default="{}", help="fields of Pace, as JSON")
    parser.add_argument("--data", type=Path, help="folder with real questions")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    options = parser.parse_args()
    pace = Pace.read(json.loads(options.pace))
    desk = Desk(catalogue(options.data), pace)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", options.port))
        # Whoever connects from now on waits until the server takes them.
        listening.listen(2048)
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        serve(desk, pace, listening)


if __name__ == "__main__":
    main()
