#!/bin/sh
# Runs once, on an empty volume: a database and an owner per service, and no service may enter another's.
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --command='revoke all on database postgres, template1 from public'

for service in registry training credit notification; do
    psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
        --set=service="$service" --set=password="$JEJAK_DB_PASSWORD" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke all on database :"service" from public;
SQL
done
