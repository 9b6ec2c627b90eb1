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
    // The script below may have set a theme before React sees the element.
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
