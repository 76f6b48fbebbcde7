"""Ten times the rows take the same memory."""

import os
import subprocess
import sys

import pytest

SMALL, LARGE = (20_000, 1_000_000) if os.environ.get("RETENTION_SOAK") else (1_000, 10_000)
GROWTH_MIB_MAX = 8
READ = """\
import resource, sys
from retention_files import scattered
from retention_files.adapter import FilesAdapter
values = {"path": sys.argv[1], "mapping": "retention", "rejects": False}
adapter = FilesAdapter.from_config(values, shop_id="s")
count = sum(len(page.items) for page in adapter.order_pages())
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
HEAD = "order_id,placed_at,currency,total,title,quantity,unit_price,ship_city,email\n"
LINE = "{0},2026-11-20T10:00:00Z,EUR,8.00,Bowl,1,5.00,Wien,{0}@mail.example\n{0},,,,Cup,1,3.00,,\n"


def peak_mib(path, rows):
    with path.open("w") as file:
        file.write(HEAD)
        file.writelines(map(LINE.format, range(rows // 2)))
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    count, mib = done.stdout.split()
    assert rows // 2 == int(count)
    return float(mib)


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of Unix")
def test_memory_does_not_grow_with_the_file(tmp_path):
    small = peak_mib(tmp_path / "small.csv", SMALL)
    large = peak_mib(tmp_path / "large.csv", LARGE)

    assert large - small <= GROWTH_MIB_MAX
