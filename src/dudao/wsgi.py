"""Django's pages under plain WSGI. The server's own entry, with the door before the pages, is `asgi.py`."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
