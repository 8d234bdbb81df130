"""Rates and latencies of the real system, each beside the raw limit of the same machine in the same run."""
