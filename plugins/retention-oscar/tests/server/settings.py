"""A small oscar shop with one language switch, Basic authentication, and our companion."""

import os

from oscar.defaults import *  # noqa: F403 - how oscar is set up

SECRET_KEY = "tests" * 10
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LANGUAGE_CODE = "en-gb"
SITE_ID = 1
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ["SHOP_FOLDER"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["SHOP_DATABASE"],
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
    }
}
_OSCAR = """
analytics.apps.AnalyticsConfig checkout.apps.CheckoutConfig address.apps.AddressConfig
shipping.apps.ShippingConfig catalogue.apps.CatalogueConfig
catalogue.reviews.apps.CatalogueReviewsConfig communication.apps.CommunicationConfig
partner.apps.PartnerConfig basket.apps.BasketConfig payment.apps.PaymentConfig offer.apps.OfferConfig
order.apps.OrderConfig customer.apps.CustomerConfig search.apps.SearchConfig
voucher.apps.VoucherConfig wishlists.apps.WishlistsConfig dashboard.apps.DashboardConfig
dashboard.reports.apps.ReportsDashboardConfig dashboard.users.apps.UsersDashboardConfig
dashboard.orders.apps.OrdersDashboardConfig dashboard.catalogue.apps.CatalogueDashboardConfig
dashboard.offers.apps.OffersDashboardConfig dashboard.partners.apps.PartnersDashboardConfig
dashboard.pages.apps.PagesDashboardConfig dashboard.ranges.apps.RangesDashboardConfig
dashboard.reviews.apps.ReviewsDashboardConfig dashboard.vouchers.apps.VouchersDashboardConfig
dashboard.communications.apps.CommunicationsDashboardConfig
dashboard.shipping.apps.ShippingDashboardConfig
"""
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    *(f"oscar.apps.{name}" for name in _OSCAR.split()),
    "widget_tweaks",
    "haystack",
    "treebeard",
    "sorl.thumbnail",
    "django_tables2",
    "rest_framework",
    "oscarapi",
    "retention_oscar.companion",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "oscarapi.middleware.ApiBasketMiddleWare",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
SILENCED_SYSTEM_CHECKS = ["admin.E402", "admin.E404"]
AUTHENTICATION_BACKENDS = ("oscar.apps.customer.auth_backends.EmailBackend",)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Basic: hashed per request
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
OSCAR_SHOP_NAME = "Rose & Co."
OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Cancelled"),
    "Being processed": ("Complete", "Cancelled"),
    "Cancelled": (),
    "Complete": (),
}
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_OFFERS_INCL_TAX = True
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCARAPI_INITIAL_ORDER_STATUS = "Pending"
OSCARAPI_BLOCK_ADMIN_API_ACCESS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"]
}
RETENTION_WEBHOOK_URL = os.environ.get("SHOP_WEBHOOK_URL", "")
RETENTION_WEBHOOK_SECRET = os.environ.get("SHOP_WEBHOOK_SECRET", "")
