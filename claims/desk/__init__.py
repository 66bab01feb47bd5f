"""The editorial desk: home, review, talk, two coders, figures, alerts."""
