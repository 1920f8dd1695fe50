/**
 * Every place the window can be at. A screen adds its line here, its component in `index.ts`, and,
 * if the sidebar leads to it, an entry in `nav.ts`.
 */
export type Route = { name: "home" };

export type RouteName = Route["name"];
export type RouteOf<Name extends RouteName> = Extract<Route, { name: Name }>;
