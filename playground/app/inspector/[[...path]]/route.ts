import { inspector } from '../../../server/inspector.ts';

export const dynamic = 'force-dynamic';
export const GET = inspector.handler;
export const POST = inspector.handler;
