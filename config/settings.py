"""Settings, from the environment alone; safe by default. docs/operators.md lists every variable."""

from pathlib import Path

from csp.constants import NONE, SELF

from config import environment
from config.environment import flag

# Environment

BASE_DIR = Path(__file__).resolve().parent.parent
PARLEY_DATA_DIR = environment.data_directory("PARLEY_DATA_DIR", default=BASE_DIR / "var")
PARLEY_PUBLIC = flag("PARLEY_PUBLIC", default=True)
PARLEY_HTTPS = flag("PARLEY_HTTPS", default=False)
DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
SECRET_KEY = environment.secret_key("SECRET_KEY", PARLEY_DATA_DIR)

DATABASES = {
    "default": {
        **environment.database("DATABASE_URL", PARLEY_DATA_DIR),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
# A database that is away is told within two seconds. Prepared statements stay off: they lock in generic plans.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)

# Mail, for those at the desk who wish to hear of what waits for them. Without EMAIL_URL none is sent.
mail = environment.mail("EMAIL_URL")
PARLEY_MAIL = bool(mail)
EMAIL_BACKEND = mail.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST, EMAIL_PORT = mail.get("EMAIL_HOST", ""), mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail.get("EMAIL_HOST_USER", ""), mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
# What a mail, which has no request to ask, calls this site: by the first of its names.
PARLEY_HOST = ALLOWED_HOSTS[0].removeprefix(".").replace("*", "localhost")
DEFAULT_FROM_EMAIL = environment.sender(
    "EMAIL_FROM", default=EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else f"parley@{PARLEY_HOST}"
)

# Application

INSTALLED_APPS = [
    "sources",
    "claims",
    "claims.desk.site.DeskConfig",  # django.contrib.admin, with the editors' home as its first page
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.static.StaticFiles",
    "django.contrib.postgres",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.http.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = PARLEY_DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "zip", "gz", "br", "woff", "woff2", "map"]
LOGIN_URL = "admin:login"

# Security

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Behind a proxy that ends TLS, sets X-Forwarded-Proto itself and drops a visitor's: everything over HTTPS, for good.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PARLEY_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PARLEY_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PARLEY_HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Whether subdomains are HTTPS too, and wish to be on the browsers' preload list, is for their owner to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

# API

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.MayRead"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.problem",
    "URL_FORMAT_OVERRIDE": None,  # `format` is the export's own parameter
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Parley",
    "DESCRIPTION": "Who said what, where it was reported, and where that leaves each party.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["config.api.MayRead"],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "StatementKind": "claims.models.Statement.Kind",
        "ClaimKind": "claims.models.Claim.Kind",
        "SpeakerKind": "sources.models.Speaker.Kind",
        "PublisherKind": "sources.models.Publisher.Kind",
        "Stance": "claims.models.position.Stance",
        "State": "claims.workflow.State",
    },
    # Swagger from our own files; its badge would have a foreign server read the schema.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

# Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"connection": {"()": "config.outage.WithoutConnectionTraces"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["connection"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # A wrong path or a refused form is the visitor's, and in the access log where there is one.
        "django.request": {"level": "ERROR"},
    },
}
