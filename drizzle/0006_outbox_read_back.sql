set local lock_timeout = '5s';--> statement-breakpoint
-- Nothing looks rows up by their time; every change paid for its entry.
DROP INDEX "outbox_created_at";--> statement-breakpoint

-- As before, and planned once per connection: the body of a function in SQL is planned anew with every call. The plan
-- outlives the day on which the outbox was empty, so that it must not be one that reads all of it. In no order: whoever
-- asks makes a set of it.
create or replace function outbox_of_this_transaction() returns table (id text, table_name text, partition text, images jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
as $$
begin
  return query
    select o.id::text, o.table_name, o.partition, o.images
    from public.outbox as o
    where o.txid = pg_current_xact_id_if_assigned();
end
$$;
