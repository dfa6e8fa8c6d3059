ALTER TABLE "outbox" ADD COLUMN "marked_at" timestamp(3) with time zone;--> statement-breakpoint
-- A purge takes the way that changes take: no role may write the outbox but through its functions.
create function larder_purge(tags jsonb) returns void
language sql security definer
set search_path = pg_catalog, public, pg_temp
as $$
  insert into public.outbox (table_name, partition, images) values ('@purge', 'global', tags)
$$;--> statement-breakpoint
revoke all on function larder_purge(jsonb) from public;--> statement-breakpoint
grant execute on function larder_purge(jsonb) to larder_platform;--> statement-breakpoint
grant update (marked_at) on outbox to larder_platform;
