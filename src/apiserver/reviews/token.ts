import type { TokenReview } from '../../api/generated/types.ts';
import { badRequest } from '../../apimachinery/status.ts';
import { authenticateToken } from '../authentication/serviceaccounts.ts';
import { ISSUER } from '../authentication/tokens.ts';
import { answerReview, type Review } from './review.ts';

/** Whose token is this (pkg/registry/authentication/tokenreview)? */
export const tokenReview: Review = (ctx) =>
  answerReview<TokenReview>(ctx, ({ spec }) => {
    if ((spec.token ?? '') === '') return badRequest('token is required for TokenReview in authentication');
    const wanted = spec.audiences ?? [];
    const audiences = wanted.length === 0 ? [ISSUER] : wanted;
    const found = authenticateToken(ctx.server, spec.token ?? '', audiences);
    if ('error' in found) return { status: { user: {}, error: found.error } };
    const { name, uid, groups, extra } = found.user;
    return {
      status: {
        authenticated: true,
        user: {
          username: name,
          ...(uid === undefined ? {} : { uid }),
          groups: [...groups],
          ...(extra === undefined ? {} : { extra }),
        },
        audiences: found.claims.aud.filter((audience) => audiences.includes(audience)),
      },
    };
  });
