"""The Grafana dashboard asks only for metrics that exist."""

import json
import re
from pathlib import Path

from common import telemetry

DASHBOARD = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards" / "jejak.json"
METRIC = re.compile(r"\b(?:jejak|http_server)_[a-z_]+")
# How the collector writes our names for Prometheus: counters end in _total, gauges of seconds in _seconds.
EMITTED = {
    value.replace(".", "_") + suffix
    for value in vars(telemetry).values()
    if isinstance(value, str) and value.startswith("jejak.")
    for suffix in ("", "_total", "_seconds")
} | {f"http_server_request_duration_seconds_{part}" for part in ("bucket", "count", "sum")}


def test_every_metric_of_the_dashboard_is_one_we_emit():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    asked = {expression: set(METRIC.findall(expression)) for expression in expressions}
    assert all(asked.values())
    assert set().union(*asked.values()) <= EMITTED
