import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { themeScript } from '../components/theme.ts';
import { TRPCReactProvider } from '../trpc/client.tsx';
import './globals.css';

export const metadata: Metadata = {
  title: 'The shop: trpc-events',
  description: 'What trpc-events does, a button at a time.',
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The theme script may set an attribute here before React hydrates, so React must not warn about it.
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <TRPCReactProvider>{children}</TRPCReactProvider>
      </body>
    </html>
  );
}
