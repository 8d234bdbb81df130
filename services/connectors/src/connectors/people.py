"""The copy of people that connectors keeps: by which number somebody is known."""

from roster.people import People

PEOPLE = People(__name__)
