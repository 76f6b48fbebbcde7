"""Who may ask: staff with the permissions that the same act needs in Django's own admin."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.views import APIView


class StaffMay(BasePermission):
    """Staff with every permission that the view lists for the method."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Whether the user is active staff and holds the permissions."""
        user = request.user
        needed = view.needs.get(request.method)
        return needed is not None and user.is_active and user.is_staff and user.has_perms(needed)


class StaffView(APIView):
    """A view for staff; ``needs`` lists permissions by method, other methods are refused."""

    permission_classes = (StaffMay,)
    needs: ClassVar[dict[str, tuple[str, ...]]] = {}
