"""Every benchmark, one after the other: ``python -m tests.benchmarks [NAME…]``. Ratios within one run; nothing passes or fails."""

import importlib
import pkgutil
import sys

import tests.benchmarks

if __name__ == "__main__":
    names = sorted(module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__) if module.name not in ("__main__", "timing"))
    for name in sys.argv[1:] or names:
        print(f"\n== {name}")
        importlib.import_module(f"tests.benchmarks.{name}").main()
