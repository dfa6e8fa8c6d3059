set local lock_timeout = '5s';--> statement-breakpoint

-- What a transaction applies after its commit, before it is answered: what it has written to the outbox; and what others have
-- written there, committed, and nobody has applied yet. It stands on their changes: whoever is shown the one has to be shown
-- the others, too, and their own poll comes up to a second later. Not more than the latest: with a ledger that has been away
-- for long, polls come first.
create function outbox_to_apply() returns table (own boolean, id text, table_name text, partition text, images jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
as $$
begin
  return query
    select true, o.id::text, o.table_name, o.partition, o.images
    from public.outbox as o
    where o.txid = pg_current_xact_id_if_assigned();
  -- Who has changed nothing, stands on nothing.
  if found then
    return query
      select false, o.id::text, o.table_name, o.partition, o.images
      from (
        select * from public.outbox as u
        where u.applied_epochs = '{}' and u.txid is distinct from pg_current_xact_id_if_assigned()
        order by u.id desc
        limit 200
      ) as o;
  end if;
end
$$;--> statement-breakpoint
revoke all on function outbox_to_apply() from public;--> statement-breakpoint
grant execute on function outbox_to_apply() to larder_app, larder_platform;
