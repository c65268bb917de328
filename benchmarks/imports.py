"""What `import analystkit` costs beside `import pandas`, in fresh interpreters, one run side by side.

python benchmarks/imports.py
"""

import statistics
import subprocess
import sys
import time

RUNS = 7


def seconds(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - started


def main() -> None:
    statements = {
        "import pandas": "import pandas",
        "import analystkit": "import analystkit",
        "import pandas, analystkit": "import pandas, analystkit",
        "analystkit, dossier opened": "import analystkit as ak; ak.open_dossier('data/alibaba-ai-plan')",
    }
    times: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(RUNS):  # one after the other in each round, so that a busy moment touches all alike
        for name, statement in statements.items():
            times[name].append(seconds(statement))
    base = statistics.median(times["import pandas"])
    print(f"{'':28}{'median s':>10}{'x pandas':>10}")
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"{name:28}{middle:10.3f}{middle / base:10.2f}")


if __name__ == "__main__":
    main()
