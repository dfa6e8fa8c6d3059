#!/bin/sh
# Run once, by PostgreSQL's image, when its volume is empty: a login for Larder that is no superuser, and its database.
#
# The two roles are those that every transaction takes on (the first migration); made here, the login needs no right to
# make roles. It owns the database, so that it can migrate.
set -eu

: "${LARDER_DB_PASSWORD:?set LARDER_DB_PASSWORD}"

psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-$POSTGRES_USER}" <<'SQL'
\set password `printf '%s' "$LARDER_DB_PASSWORD"`
create role larder_app nologin;
create role larder_platform nologin;
create role larder login password :'password';
grant larder_app, larder_platform to larder;
create database larder owner larder;
revoke all on database larder from public;
SQL
