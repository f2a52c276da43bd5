export { HttpModule } from './http.module';
export { httpAdapter, prepareHttp, type RawRequest } from './http-server';
export { Cursors, pageOf, type Page, type Position } from './page';
export { PageQueryDto } from './page-query.dto';
export { CurrentPrincipal, CurrentScope, IdParam, QuietHeader } from './params';
export { ProblemDto } from './problem.dto';
export { routeOf } from './request';
export { Route, ROUTE, type RouteOptions } from './route';
