"""Benchmarks, apart from the tests: figures are ratios within one run."""
