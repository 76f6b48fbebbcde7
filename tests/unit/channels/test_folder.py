"""The folder channel: whole files or none, once."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.channels import FolderChannel
from retention_sdk.channels.folder import folder_name
from retention_sdk.errors import DeliveryError
from retention_sdk.model import Artifact, ReceiptState


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def card(data: bytes = b"front", name: str = "card.pdf") -> Artifact:
    return Artifact(name=name, media_type="application/pdf", data=data)


def test_each_artifact_becomes_a_file(tmp_path, make_delivery, now):
    delivery = make_delivery(artifacts=(card(b"1", "front.png"), card(b"2", "card.pdf")))
    receipt = FolderChannel(tmp_path / "new" / "out").send(delivery, now=now)

    assert ReceiptState.ACCEPTED is receipt.state
    assert str(tmp_path / "new" / "out" / "del-1") == receipt.location
    assert ["del-1", "del-1/card.pdf", "del-1/front.png"] == names(tmp_path / "new" / "out")
    assert b"2" == (tmp_path / "new" / "out" / "del-1" / "card.pdf").read_bytes()


def test_the_same_delivery_again_is_a_duplicate(tmp_path, make_delivery, now):
    channel = FolderChannel(tmp_path)
    channel.send(make_delivery(), now=now)
    before = (tmp_path / "del-1" / "mail.eml").stat().st_mtime_ns
    receipt = channel.send(make_delivery(), now=now)

    assert ReceiptState.DUPLICATE is receipt.state
    assert before == (tmp_path / "del-1" / "mail.eml").stat().st_mtime_ns


def test_a_half_done_delivery_is_completed(tmp_path, make_delivery, now):
    """A crash between two files leaves the first; the next try writes the second."""
    channel = FolderChannel(tmp_path)
    channel.send(make_delivery(artifacts=(card(b"1", "a.pdf"),)), now=now)
    receipt = channel.send(
        make_delivery(artifacts=(card(b"1", "a.pdf"), card(b"2", "b.pdf"))), now=now
    )

    assert ReceiptState.ACCEPTED is receipt.state
    assert ["del-1", "del-1/a.pdf", "del-1/b.pdf"] == names(tmp_path)


def test_two_workers_with_the_same_delivery_leave_one_whole_file(tmp_path, make_delivery, now):
    delivery = make_delivery(artifacts=(card(b"x" * 1_000_000),))
    with ThreadPoolExecutor(4) as pool:
        receipts = list(
            pool.map(lambda _: FolderChannel(tmp_path).send(delivery, now=now), range(8))
        )

    assert {"accepted", "duplicate"} >= {receipt.state for receipt in receipts}
    assert ["del-1", "del-1/card.pdf"] == names(tmp_path)
    assert delivery.artifacts[0].data == (tmp_path / "del-1" / "card.pdf").read_bytes()


def test_workers_that_make_the_same_folder_at_once_do_not_refuse_each_other(
    tmp_path, make_delivery, now
):
    channel = FolderChannel(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for number in range(40):
            delivery = make_delivery(id=f"del-{number}", artifacts=(card(b"x"),))
            sent = [pool.submit(channel.send, delivery, now=now) for _ in range(8)]
            assert {"accepted", "duplicate"} >= {each.result().state for each in sent}


def test_other_bytes_under_the_same_name_are_refused(tmp_path, make_delivery, now):
    channel = FolderChannel(tmp_path)
    channel.send(make_delivery(artifacts=(card(b"1"),)), now=now)

    with pytest.raises(DeliveryError, match="exists with other bytes") as caught:
        channel.send(make_delivery(artifacts=(card(b"2"),)), now=now)
    assert not caught.value.retryable
    assert b"1" == (tmp_path / "del-1" / "card.pdf").read_bytes()


def test_two_artifacts_of_one_name_are_refused(tmp_path, make_delivery, now):
    delivery = make_delivery(artifacts=(card(b"1", "a.pdf"), card(b"2", "A.pdf")))

    with pytest.raises(DeliveryError, match="same name"):
        FolderChannel(tmp_path).send(delivery, now=now)


@pytest.mark.parametrize("delivery_id", ["../../etc", "/etc/passwd", "..", "a/b", "C:\\x", "~"])
def test_no_id_leads_out_of_the_folder(tmp_path, make_delivery, now, delivery_id):
    root = tmp_path / "out"
    FolderChannel(root).send(make_delivery(id=delivery_id), now=now)

    assert ["out"] == sorted(path.name for path in tmp_path.iterdir())
    (folder,) = root.iterdir()
    assert ["mail.eml"] == [path.name for path in folder.iterdir()]


@given(
    st.lists(
        st.from_regex(r"[^\s\x00]{1,200}", fullmatch=True), min_size=2, max_size=2, unique=True
    )
)
def test_two_ids_never_share_a_folder(ids):
    """Not even where upper and lower case are the same."""
    first, second = (folder_name(delivery_id) for delivery_id in ids)

    assert first.casefold() != second.casefold()
    assert {"/", "\\", ":"}.isdisjoint(first)
    assert not first.startswith(".")


def test_a_link_in_the_way_is_not_followed(tmp_path, make_delivery, now):
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "out"
    root.mkdir()
    (root / "del-1").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(DeliveryError, match="is not a folder"):
        FolderChannel(root).send(make_delivery(), now=now)
    assert [] == names(tmp_path / "elsewhere")


def test_a_linked_file_is_neither_read_nor_written(tmp_path, make_delivery, now):
    secret = tmp_path / "secret"
    secret.write_bytes(b"keep")
    folder = tmp_path / "out" / "del-1"
    folder.mkdir(parents=True)
    (folder / "mail.eml").symlink_to(secret)

    with pytest.raises(DeliveryError, match="symbolic link"):
        FolderChannel(tmp_path / "out").send(make_delivery(), now=now)
    assert b"keep" == secret.read_bytes()


def test_a_file_where_the_folder_should_be_is_an_error_that_says_what_to_do(
    tmp_path, make_delivery, now
):
    (tmp_path / "out").write_text("not a folder")

    with pytest.raises(DeliveryError, match="check space and rights of the output folder"):
        FolderChannel(tmp_path / "out").send(make_delivery(), now=now)


FULL_DISK = textwrap.dedent(
    """
    import resource, sys
    from datetime import UTC, datetime
    from retention_sdk.channels import FolderChannel
    from retention_sdk.errors import DeliveryError
    from retention_sdk.model import Artifact, Delivery

    artifacts = (
        Artifact(name="small.txt", media_type="text/plain", data=b"x" * 100),
        Artifact(name="large.pdf", media_type="application/pdf", data=b"x" * 100_000),
    )
    delivery = Delivery(
        id="del-1", event_id="e", decision_id="d", surface="card", channel="folder",
        artifacts=artifacts,
    )
    channel = FolderChannel(sys.argv[1])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        channel.send(delivery, now=now)
    except DeliveryError as error:
        print(error.retryable, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
    if "again" in sys.argv:
        print(channel.send(delivery, now=now).state)
    """
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limit")
@pytest.mark.parametrize("again", [[], ["again"]])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, again):
    """The limit on file sizes stands in for a disk without room: write(2) fails half-way."""
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), *again],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.startswith("True folder: cannot write: File too large")
    whole = ["del-1", "del-1/large.pdf", "del-1/small.txt"]
    assert (whole if again else ["del-1", "del-1/small.txt"]) == names(tmp_path)
    assert result.stdout.splitlines()[1:] == (["accepted"] if again else [])
