CREATE TABLE "cache_predicates" (
	"table_name" text NOT NULL,
	"columns" text[] NOT NULL,
	"declared_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cache_predicates_table_name_columns_pk" PRIMARY KEY("table_name","columns")
);
--> statement-breakpoint
grant select, insert, update, delete on cache_predicates to larder_platform;
