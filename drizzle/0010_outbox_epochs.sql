set local lock_timeout = '5s';--> statement-breakpoint
CREATE TABLE "outbox_epochs" (
	"epoch" text PRIMARY KEY NOT NULL,
	"applied_before" "xid8" NOT NULL,
	"noted_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "outbox_applied";--> statement-breakpoint
CREATE INDEX "outbox_unapplied" ON "outbox" USING btree ("id") WHERE applied_epochs = '{}';--> statement-breakpoint
grant select, insert, update, delete on outbox_epochs to larder_platform;--> statement-breakpoint

-- What a poll under an epoch has to apply, in one snapshot:
--
-- - rows that nobody has applied, and with an id;
-- - rows that were applied under other epochs alone, not longer ago than they are kept. An epoch that begins has heard of none
--   of them, and of no entry that is worth sparing: they come without id as what they have in common, a table in a partition.
--   Whose name is no table's ("@purge") comes with what it holds.
--
-- "before" is the horizon: transactions before it have ended. When all that came has been applied, outbox_epochs says so for
-- all of them, and no later poll looks at them. Those behind it are too few to be taken together, and come with an id.
--
-- Without an epoch: what nobody has applied. Planned as outbox_to_apply() is, and for the same reason.
create function outbox_to_poll(epoch text, kept interval, batch integer)
  returns table (before text, id text, table_name text, partition text, images jsonb)
language plpgsql stable
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  polled text := outbox_to_poll.epoch;
  since timestamptz := now() - outbox_to_poll.kept;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  -- What is ahead of the horizon was noted in another life of this database.
  told xid8 := coalesce((select e.applied_before from public.outbox_epochs as e where e.epoch = polled and e.applied_before <= horizon), '0');
begin
  return query select horizon::text, null, null, null, null::jsonb;
  return query
    select horizon::text, o.id::text, o.table_name, o.partition, o.images
    from public.outbox as o
    where o.applied_epochs = '{}'
    order by o.id
    limit outbox_to_poll.batch;
  if polled is null then
    return;
  end if;
  return query
    select horizon::text, o.id::text, o.table_name, o.partition, o.images
    -- Not found along their order: nearly all that is kept lies before them.
    from (select * from public.outbox as b where b.txid >= horizon offset 0) as o
    where o.applied_epochs <> '{}' and o.marked_at > since and not o.applied_epochs @> array[polled]
    order by o.id
    limit outbox_to_poll.batch;
  return query
    select distinct horizon::text, null, o.table_name, o.partition, case when o.table_name like '@%' then o.images end
    from public.outbox as o
    where o.txid >= told and o.txid < horizon and o.applied_epochs <> '{}' and o.marked_at > since and not o.applied_epochs @> array[polled];
end
$$;--> statement-breakpoint
revoke all on function outbox_to_poll(text, interval, integer) from public;--> statement-breakpoint
grant execute on function outbox_to_poll(text, interval, integer) to larder_platform;
