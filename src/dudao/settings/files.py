"""Where bytes live: evidence and documents as write-once files, and the built front end."""

from botocore.config import Config

from dudao.settings import env

HOME = env.home()
FONTS_DIR = env.text("DUDAO_FONTS_DIR", str(env.home() / "fonts"))

BUCKET = env.text("DUDAO_S3_BUCKET")  # evidence goes there instead of a folder

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "files")},
    },
    "evidence": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": BUCKET,
            "endpoint_url": env.text("DUDAO_S3_ENDPOINT") or None,
            "region_name": env.text("DUDAO_S3_REGION") or None,
            "access_key": env.text("DUDAO_S3_KEY"),
            "secret_key": env.text("DUDAO_S3_SECRET"),
            "client_config": Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 2}),
        },
    }
    if BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "evidence")},
    },
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "documents")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [str(env.PACKAGE / "static")]
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/assets/"

DJANGO_VITE = {
    "default": {
        "manifest_path": env.PACKAGE / "static" / "built" / "manifest.json",
        "static_url_prefix": "built",
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
