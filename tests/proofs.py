"""A pytest plug-in: every capability that docs/capabilities.toml calls working is shown by a test that ran and passed.

Checked when the whole suite runs (`OPIEKA_WHOLE_SUITE=1`, set by `make test`). With `CI=true` no test may be skipped.
"""

import os
from collections import defaultdict

import pytest

from tools.capabilities import read


class Proofs:
    def __init__(self) -> None:
        self.outcomes: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            self.skipped.append(f"{report.nodeid}: {reason}")
        if report.when != "call" and report.passed:
            return
        for name, number in report.user_properties:
            if name == "proves":
                self.outcomes[number].append((report.nodeid, report.outcome))

    def problems(self) -> list[str]:
        found = []
        for number, row in read().items():
            proofs = self.outcomes.get(number, [])
            if row["state"] == "works" and not any(outcome == "passed" for _, outcome in proofs):
                found.append(
                    f"Capability {number} ({row['title']}) is said to work, but no test that proves it passed."
                )
            found += [f"{test} proves {number} but was skipped." for test, outcome in proofs if outcome == "skipped"]
        if os.environ.get("CI") == "true":
            found += [f"Skipped, which CI does not allow: {what}" for what in self.skipped]
        return found


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Proofs(), "opieka-proofs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("proves"):
            item.user_properties.extend(("proves", number) for number in mark.args)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    proofs = session.config.pluginmanager.get_plugin("opieka-proofs")
    if proofs is None or os.environ.get("OPIEKA_WHOLE_SUITE") != "1":
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    problems = proofs.problems()
    if reporter and proofs.skipped:
        reporter.write_line(f"\nSkipped ({len(proofs.skipped)}):")
        for what in proofs.skipped:
            reporter.write_line(f"  {what}")
    if problems:
        for problem in problems:
            if reporter:
                reporter.write_line(problem, red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
