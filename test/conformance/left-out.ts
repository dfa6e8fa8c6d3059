/** Tests of Apollo's suite that cannot hold where their queries are answered from pieces, by a part of their names, and why. */
export const LEFT_OUT: readonly { readonly name: string; readonly because: string }[] = [
  { name: 'cache-control', because: 'expects the lifetimes of a schema without a default' },
  { name: 'for Apollo usage reporting traces', because: 'traces are made by hooks of execution, which pieces do not call' },
  { name: 'Federated tracing', because: 'the same' },
  { name: 'context cloning', because: 'counts that a query sent again is executed again' },
  { name: 'propagates error codes in dev mode', because: 'expects stack traces' },
  { name: 'passes the rootValue function result', because: 'a root value that depends on the query is not supported' },
  { name: 'mocked execution', because: 'has execution replaced by something else' },
];
