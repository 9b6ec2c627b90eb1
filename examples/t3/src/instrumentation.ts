import 'trpc-events/next'; // loaded before the first request, so that the library sees it begin
