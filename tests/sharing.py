"""Who runs which tests when several processes share them (``pytest -n``)."""

from __future__ import annotations

from pathlib import Path

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

PLUGINS = Path(__file__).parents[1] / "plugins"


class SlowFirst(LoadFileScheduling):
    """Gives a file to one process, and all files of a plugin to one.

    So what the tests of a module share is made once, and a platform's real server is started once.
    What takes longest comes first: begun last, all others would have to wait for it. The order
    within a file stays as it was, at random or not.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder, _, rest = file.partition("/")
        return f"plugins/{rest.partition('/')[0]}" if folder == "plugins" else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(max(self.workqueue, key=self._weight), last=False)
        super()._assign_work_unit(node)

    def _weight(self, scope: str) -> tuple[bool, bool, int]:
        """Real servers come before processes that are killed, and many tests before few."""
        folder, _, plugin = scope.partition("/")
        has_server = folder == "plugins" and (PLUGINS / plugin / "tests" / "server").is_dir()
        return has_server, scope.startswith("tests/integration/"), len(self.workqueue[scope])
