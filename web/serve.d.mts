import type { Server } from 'node:http';

export function createPageServer(root: string, base?: string): Server;
export function listen(server: Server, port: number, base?: string): Promise<string>;
