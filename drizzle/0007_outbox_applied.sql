set local lock_timeout = '5s';--> statement-breakpoint
CREATE INDEX "outbox_applied" ON "outbox" USING btree ("applied_epochs");