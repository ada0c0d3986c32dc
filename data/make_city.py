"""Write the bundled city and its scenario: always the same bytes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from aldermere import city, osm_file, scenario  # noqa: E402 (found through the line above)


def main() -> None:
    """Write the files into the folder asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder, made when absent")
    parser.add_argument("--seed", type=int, default=city.SEED)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    made = city.make(args.seed)
    osm_file.write(
        osm_file.objects(made.roads, made.built, made.bans), args.out / "aldermere.osm.pbf"
    )
    scenario.write(made, args.out)


if __name__ == "__main__":
    main()
