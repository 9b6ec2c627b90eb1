// The compiler of the page finds only names that are written out, and replaces each with its class.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export = classes;
}
declare module '*.css';
