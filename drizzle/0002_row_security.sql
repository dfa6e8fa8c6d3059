-- The owner of the tables is held to the policies, too: only larder_app and larder_platform have any.
alter table tenants force row level security;--> statement-breakpoint
alter table users force row level security;--> statement-breakpoint
alter table memberships force row level security;--> statement-breakpoint
alter table sessions force row level security;--> statement-breakpoint
alter table categories force row level security;--> statement-breakpoint
alter table medicines force row level security;--> statement-breakpoint
alter table stock_levels force row level security;--> statement-breakpoint
alter table stock_movements force row level security;--> statement-breakpoint

grant usage on schema public to larder_app, larder_platform;--> statement-breakpoint

-- Reference data and platform tables: a tenant reads. Sessions are not granted at all, of users not the password hash.
grant select on manufacturers, dosage_forms, routes, ingredients, product_groups, products, product_ingredients to larder_app;--> statement-breakpoint
grant select on tenants, memberships to larder_app;--> statement-breakpoint
grant select (id, email, name, platform_admin, created_at) on users to larder_app;--> statement-breakpoint

grant select, insert, update, delete on categories, medicines, stock_levels to larder_app;--> statement-breakpoint
-- What has moved has moved: a correction is another movement.
grant select, insert on stock_movements to larder_app;--> statement-breakpoint

grant select, insert, update, delete on
  tenants, users, memberships, sessions,
  manufacturers, dosage_forms, routes, ingredients, product_groups, products, product_ingredients,
  categories, medicines, stock_levels, stock_movements
to larder_platform;--> statement-breakpoint
grant select on cache_identity to larder_app, larder_platform;--> statement-breakpoint
grant select, update (applied_epochs), delete on outbox to larder_platform;
