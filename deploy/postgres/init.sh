#!/bin/sh
# Runs once, on an empty volume: a database per service, an owner that migrates it, and a role that serves, which can
# enter no other. What that one may do with the tables is given by `migrate` (common/store/grants.py).
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --command='revoke all on database postgres, template1 from public'
# Each database is a copy of template1, where anybody might make large objects.
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=template1 \
    --command='revoke execute on function lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea) from public'

for service in $JEJAK_SERVICES; do
    psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --set=service="$service" \
        --set=owner="${service}_owner" --set=password="$JEJAK_DB_PASSWORD" --set=owner_password="$JEJAK_DB_OWNER_PASSWORD" <<'SQL'
create role :"owner" login password :'owner_password';
create role :"service" login password :'password';
create database :"service" owner :"owner";
revoke all on database :"service" from public;
grant connect on database :"service" to :"service";
SQL
done
