-- Roles belong to the whole server, while this migration runs once per database: both may have been made already.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['larder_app', 'larder_platform'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
      -- The login takes on these roles in every transaction. Having them also lets the capture of changes, which runs
      -- as the tables' owner, read past forced row security.
      if not pg_has_role(current_user, wanted, 'usage') then
        execute format('grant %I to current_user', wanted);
      end if;
    exception
      when duplicate_object or unique_violation then
        null;
      when insufficient_privilege then
        raise exception 'the login "%" may not make or take on the role "%"', current_user, wanted
          using errcode = 'insufficient_privilege',
            hint = format('as a superuser: create role %I nologin; grant %I to %I;', wanted, wanted, current_user);
    end;
  end loop;
end
$$;
