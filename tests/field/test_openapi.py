"""The description for machines is sound, its examples are taken as they stand, and real answers are what it says."""

import json
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from dudao.field import openapi
from dudao.intake import entries, kinds
from dudao.kernel.ids import uuid7
from tests import factories
from tests.intake.signing import Key, body


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return json.loads(Client().get("/api/field/openapi.json").content)


def faults(told: dict[str, Any], schema: str, value: Any) -> list[str]:
    registry = Registry().with_resource(
        "urn:told", Resource.from_contents(told, default_specification=DRAFT202012)
    )
    validator = Draft202012Validator({"$ref": f"urn:told#/components/schemas/{schema}"}, registry=registry)
    return [error.message for error in validator.iter_errors(value)]


def test_it_is_sound_and_open_to_all(told) -> None:
    validate(told)
    assert {"/api/field/device", "/api/field/bundle", "/door/entries", "/door/files"} <= set(told["paths"])


def test_every_kind_that_comes_in_is_described(told) -> None:
    shown = {
        (one["properties"]["kind"]["const"], one["properties"]["schema"]["const"])
        for one in told["components"]["schemas"]["Entry"]["oneOf"]
    }
    assert shown == {(kind.name, kind.schema) for kind in kinds.every()}


@pytest.mark.parametrize("which", sorted(openapi.PAYLOADS))
def test_every_example_of_an_entry_is_taken_at_the_door(told, which) -> None:
    example = openapi.entry_example(*which)
    entries.check(msgspec.json.encode(example))
    assert faults(told, "Entry", example) == []


def test_what_the_door_refuses_the_description_refuses_too(told, at) -> None:
    good = body(factories.sheet(at), key=Key())
    entries.check(msgspec.json.encode(good))
    assert faults(told, "Entry", good) == []
    for spoil in ({"schema": 9}, {"kind": "party"}, {"payload": {}}, {"more": 1}, {"made_at": 5}):
        bad = good | spoil
        assert faults(told, "Entry", bad)
        with pytest.raises(Exception, match=r".+"):
            entries.check(msgspec.json.encode(bad))


def test_real_requests_are_answered_as_described(told, at, signed_in) -> None:
    example = openapi.DEVICE | {"device_id": str(uuid7())}
    assert faults(told, "DeviceIn", example) == []
    answer = signed_in(at.inspector).post(
        reverse("field:device"), json.dumps(example), content_type="application/json"
    )
    assert answer.status_code == 200
    assert faults(told, "DeviceOut", answer.json()) == []
    header = {"Authorization": f"Bearer {answer.json()['token']}"}
    month = Client().get(reverse("field:bundle"), headers=header)
    assert faults(told, "Bundle", month.json()) == []
    refused = Client().get(reverse("field:bundle"))
    assert refused.status_code == 401
    assert faults(told, "Error", refused.json()) == []
    wrong = signed_in(at.inspector).post(reverse("field:device"), b"{}", content_type="application/json")
    assert faults(told, "DeviceIn", {})
    assert wrong.status_code == 400
