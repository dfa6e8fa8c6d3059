insert into cache_identity default values;--> statement-breakpoint

-- larder_capture(table, partition column or 'global', columns): from now on every statement that changes rows of the
-- table, whoever sends it, leaves one row in the outbox for each partition it touched, in its own transaction. The row
-- holds the distinct old and new images of the columns, or null when the statement changed more than 500 rows. Called
-- again, it replaces the columns. Secret columns are never to be listed.
--
-- The function it makes for the table is plain SQL text, so that its plans are kept: a trigger shared by all tables
-- would have to plan its statement anew for every change. It runs as the owner, since no other role may write the outbox.
create function larder_capture(target regclass, partition_column text, columns text[]) returns void
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $make$
declare
  table_name text := (select relname from pg_class where oid = target);
  capture text := format('larder_capture_%s', table_name);
  partition text := case when partition_column = 'global' then quote_literal('global') else format('%I::text', partition_column) end;
  image text := (select string_agg(format('%L, %I', name, name), ', ' order by place) from unnest(columns) with ordinality as c (name, place));
  listed text := (select string_agg(quote_ident(name), ', ' order by place) from unnest(columns) with ordinality as c (name, place));
  every_partition text := case
    when partition_column = 'global' then 'select ''global'''
    else format('select distinct %s from public.%I', partition, table_name)
  end;
  body text := '';
  operation record;
begin
  for operation in
    select * from (values
      ('INSERT', array['new_rows']), ('UPDATE', array['old_rows', 'new_rows']), ('DELETE', array['old_rows'])
    ) as v (name, sources)
  loop
    body := body || format(
      $branch$
  when %1$L then
    if (select count(*) from (select from %2$s limit 501) as changed) > 500 then
      insert into public.outbox (table_name, partition) select distinct %3$L, changed.partition from (%4$s) as changed;
    else
      insert into public.outbox (table_name, partition, images)
      select %3$L, changed.partition, case when count(*) <= 500 then jsonb_agg(jsonb_build_object(%5$s)) end
      from (%6$s) as changed group by changed.partition;
    end if;
      $branch$,
      operation.name,
      operation.sources[1],
      table_name,
      (select string_agg(format('select %s as partition from %s', partition, source), ' union all ') from unnest(operation.sources) as source),
      image,
      (select string_agg(format('select %s as partition, %s from %s', partition, listed, source), ' union ') from unnest(operation.sources) as source)
    );
  end loop;

  execute format(
    $function$
create or replace function public.%1$I() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $capture$
begin
  case tg_op
  %2$s
  when 'TRUNCATE' then
    insert into public.outbox (table_name, partition) select %3$L, p.partition from (%4$s) as p (partition);
  end case;
  return null;
end
$capture$
    $function$,
    capture, body, table_name, every_partition
  );
  execute format('revoke all on function public.%I() from public', capture);

  execute format('drop trigger if exists larder_capture_insert on %s', target);
  execute format('drop trigger if exists larder_capture_update on %s', target);
  execute format('drop trigger if exists larder_capture_delete on %s', target);
  execute format('drop trigger if exists larder_capture_truncate on %s', target);
  execute format('create trigger larder_capture_insert after insert on %s referencing new table as new_rows for each statement execute function public.%I()', target, capture);
  execute format('create trigger larder_capture_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function public.%I()', target, capture);
  execute format('create trigger larder_capture_delete after delete on %s referencing old table as old_rows for each statement execute function public.%I()', target, capture);
  -- Before, while the table can still tell whose rows it had.
  execute format('create trigger larder_capture_truncate before truncate on %s for each statement execute function public.%I()', target, capture);
end
$make$;--> statement-breakpoint
revoke all on function larder_capture(regclass, text, text[]) from public;--> statement-breakpoint

-- What the transaction under way has written to the outbox, for its own invalidations after its commit.
create function outbox_of_this_transaction() returns table (id text, table_name text, partition text, images jsonb)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select o.id::text, o.table_name, o.partition, o.images
  from public.outbox as o
  where o.txid = pg_current_xact_id_if_assigned()
  order by o.id
$$;--> statement-breakpoint
revoke all on function outbox_of_this_transaction() from public;--> statement-breakpoint
grant execute on function outbox_of_this_transaction() to larder_app, larder_platform;--> statement-breakpoint

select larder_capture('tenants', 'global', array['id', 'slug']);--> statement-breakpoint
select larder_capture('users', 'global', array['id']);--> statement-breakpoint
select larder_capture('memberships', 'global', array['user_id', 'tenant_id', 'role']);--> statement-breakpoint
select larder_capture('sessions', 'global', array['id', 'user_id']);--> statement-breakpoint
select larder_capture('manufacturers', 'global', array['id']);--> statement-breakpoint
select larder_capture('dosage_forms', 'global', array['id']);--> statement-breakpoint
select larder_capture('routes', 'global', array['id']);--> statement-breakpoint
select larder_capture('ingredients', 'global', array['id']);--> statement-breakpoint
select larder_capture('product_groups', 'global', array['id', 'trade_name']);--> statement-breakpoint
select larder_capture('products', 'global', array['id', 'group_id', 'manufacturer_id', 'dosage_form_id', 'route_id', 'marketing_status']);--> statement-breakpoint
select larder_capture('product_ingredients', 'global', array['product_id', 'ingredient_id', 'ordinal']);--> statement-breakpoint
select larder_capture('categories', 'tenant_id', array['id', 'tenant_id', 'slug']);--> statement-breakpoint
select larder_capture('medicines', 'tenant_id', array['id', 'tenant_id', 'product_id', 'category_id', 'rank']);--> statement-breakpoint
select larder_capture('stock_levels', 'tenant_id', array['medicine_id', 'tenant_id']);--> statement-breakpoint
select larder_capture('stock_movements', 'tenant_id', array['id', 'tenant_id', 'medicine_id', 'reason']);
