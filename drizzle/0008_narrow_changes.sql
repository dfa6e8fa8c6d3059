set local lock_timeout = '5s';--> statement-breakpoint
DROP INDEX "stock_levels_low";--> statement-breakpoint
ALTER TABLE "medicines" ADD COLUMN "offered" boolean GENERATED ALWAYS AS (discontinued_at is null) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "stock_levels" ADD COLUMN "low" boolean GENERATED ALWAYS AS (quantity <= reorder_level) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "stock_levels_low" ON "stock_levels" USING btree ("tenant_id") WHERE "stock_levels"."low";--> statement-breakpoint

-- Where a text stands in the order of texts, whatever that is in this database: of two texts the one that is not before the
-- other has no smaller place. Of the letters, then of what continues the last that is not behind the text, and so on, it
-- counts those that are not behind it. Texts that begin with the same four letters share a place.
create function larder_place(value text) returns integer
language plpgsql immutable strict parallel safe
as $$
declare
  place integer := 0;
  beginning text := '';
  counted integer;
  longest text;
begin
  for depth in 1..4 loop
    select count(*), max(beginning || letter) into counted, longest
    from unnest(string_to_array(' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', null)) as letter
    where beginning || letter <= value;
    place := place * 64 + counted;
    beginning := coalesce(longest, beginning);
  end loop;
  return place;
end
$$;--> statement-breakpoint
revoke all on function larder_place(text) from public;--> statement-breakpoint
grant execute on function larder_place(text) to larder_app, larder_platform;--> statement-breakpoint

-- larder_capture as before, and more:
--
-- Each image of an update bears "@same". True: none of the columns changed, and the row is listed once. False: old and new
-- image are both listed, and who knows the primary key finds the two; one that is alone came into this partition, left it,
-- or got another key. An image without "@same" came with an insert, went with a delete, or was written before.
--
-- Of each of the columns that are texts and orders, "<column>^" is the place; null where nothing changed.
drop function larder_capture(regclass, text, text[]);--> statement-breakpoint
create function larder_capture(target regclass, partition_column text, columns text[], orders text[] default '{}') returns void
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $make$
declare
  table_name text := (select relname from pg_class where oid = target);
  capture text := format('larder_capture_%s', table_name);
  partition text := case when partition_column = 'global' then quote_literal('global') else format('%I::text', partition_column) end;
  image text := (select string_agg(format('%L, %I', name, name), ', ' order by place) from unnest(columns) with ordinality as c (name, place));
  places text := (select coalesce(string_agg(format(', %L, public.larder_place(%I)', name || '^', name), '' order by place), '') from unnest(orders) with ordinality as c (name, place));
  places_moved text := (select coalesce(string_agg(format(', %L, case when not "@same" then public.larder_place(%I) end', name || '^', name), '' order by place), '') from unnest(orders) with ordinality as c (name, place));
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
      ('INSERT', array['new_rows'], image || places, format('select distinct %s as partition, %s from new_rows', partition, listed)),
      ('DELETE', array['old_rows'], image || places, format('select distinct %s as partition, %s from old_rows', partition, listed)),
      (
        'UPDATE',
        array['old_rows', 'new_rows'],
        image || ', ''@same'', "@same"' || places_moved,
        -- As many before as after: nothing that the columns tell has changed, even where they lack the primary key.
        format(
          'select partition, %2$s, 2 * count(*) filter (where "@was") = count(*) as "@same" from ('
          'select true as "@was", %1$s as partition, %2$s from old_rows union all select false, %1$s, %2$s from new_rows'
          ') as rows group by partition, %2$s',
          partition,
          listed
        )
      )
    ) as v (name, sources, image, images)
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
      operation.image,
      operation.images
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
revoke all on function larder_capture(regclass, text, text[], text[]) from public;--> statement-breakpoint

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
select larder_capture('medicines', 'tenant_id', array['id', 'tenant_id', 'product_id', 'category_id', 'name', 'rank', 'offered'], array['name']);--> statement-breakpoint
select larder_capture('stock_levels', 'tenant_id', array['medicine_id', 'tenant_id', 'low']);--> statement-breakpoint
select larder_capture('stock_movements', 'tenant_id', array['id', 'tenant_id', 'medicine_id', 'reason']);
