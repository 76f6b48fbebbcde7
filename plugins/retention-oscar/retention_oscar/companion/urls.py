"""``path("api/retention/", include("retention_oscar.companion.urls"))`` in the shop's urls."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("shop/", views.ShopView.as_view()),
    path("orders/", views.OrdersView.as_view()),
    path("orders/<int:pk>/", views.OrderView.as_view()),
    path("orders/<int:pk>/notes/", views.NotesView.as_view()),
    path("customers/", views.CustomersView.as_view()),
    path("customers/<int:pk>/", views.CustomerView.as_view()),
    path("customers/<int:pk>/consents/", views.AnswersView.as_view()),
    path("vouchers/", views.VouchersView.as_view()),
]
