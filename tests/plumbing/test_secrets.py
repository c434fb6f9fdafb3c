"""Keys that are made on the first start."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from opieka.plumbing.secrets import key_from_file

TOGETHER = 8


def test_processes_that_start_together_have_one_key_and_it_is_whole(tmp_path: Path):
    begin = Barrier(TOGETHER)

    def start(number: int) -> str:
        begin.wait()
        return key_from_file("OPIEKA_TEST_KEY", tmp_path / str(number) / "secret.key")

    with ThreadPoolExecutor(TOGETHER) as several:
        for number in range(50):
            keys = set(several.map(start, [number] * TOGETHER))
            assert len(keys) == 1
            assert len(keys.pop()) == 44


def test_a_key_is_for_its_owner_alone_and_nothing_lies_beside_it(tmp_path: Path):
    key_from_file("OPIEKA_TEST_KEY", tmp_path / "keys" / "secret.key")

    (made,) = (tmp_path / "keys").iterdir()
    assert (made.name, stat.S_IMODE(made.stat().st_mode)) == ("secret.key", 0o600)
