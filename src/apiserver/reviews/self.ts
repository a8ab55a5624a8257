import type { SelfSubjectReview } from '../../api/generated/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { answerReview, type Review } from './review.ts';

/** Who am I (pkg/registry/authentication/selfsubjectreview)? */
export const selfSubject: Review = (ctx) =>
  answerReview<SelfSubjectReview>(ctx, () => {
    const { name, groups, uid, extra } = ctx.request.user;
    return {
      metadata: { creationTimestamp: formatTime(ctx.server.process.now()) },
      status: {
        userInfo: {
          username: name,
          ...(uid === undefined ? {} : { uid }),
          groups: [...groups],
          ...(extra === undefined ? {} : { extra }),
        },
      },
    };
  });
