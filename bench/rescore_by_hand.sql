-- The rules of bench/rescore.py as somebody writes them by hand; %(now)s is the clock.
SELECT id, fit + engagement AS score, fit, engagement,
    CASE WHEN fit >= 40 THEN 'A' WHEN fit >= 25 THEN 'B' WHEN fit >= 10 THEN 'C' ELSE 'D' END
    || CASE WHEN engagement >= 40 THEN '1' WHEN engagement >= 25 THEN '2' WHEN engagement >= 10 THEN '3' ELSE '4' END AS grade
FROM (
    SELECT l.id,
        CASE WHEN lower(c.industry) IN ('manufacturing', 'food', 'logistics') THEN 16.00 ELSE 0 END
        + CASE WHEN c.employees BETWEEN 50 AND 5000 THEN 12.00 ELSE 0 END
        + CASE WHEN lower(l.country) IN ('de', 'at', 'ch') THEN 4.00 ELSE 0 END
        + CASE WHEN strpos(lower(l.job_title), 'manager') > 0 THEN 6.00 ELSE 0 END
        - CASE WHEN lower(l.job_title) = 'student' THEN 10.00 ELSE 0 END
        + CASE WHEN lower(v.values ->> 'plan') = 'pro' THEN 8.00 ELSE 0 END
        + CASE WHEN lower(v.values ->> 'region') IN ('north', 'west') THEN 3.00 ELSE 0 END
        + CASE WHEN (v.values ->> 'sites')::numeric >= 3 THEN 6.00 ELSE 0 END
        + CASE WHEN (v.values ->> 'seats')::numeric > 100 THEN 5.00 ELSE 0 END
        + CASE WHEN (v.values ->> 'own_team')::boolean THEN 4.00 ELSE 0 END AS fit,
        coalesce(pricing + visits + contact + opens + clicks + downloads + forms + webinars + events + demos, 0.00) AS engagement
    FROM leads_lead l LEFT JOIN leads_company c ON c.id = l.company_id
    LEFT JOIN leads_leadattributes v ON v.lead_id = l.id
    LEFT JOIN (
        SELECT lead_id,
            least(15, round((5 * coalesce(sum(power(0.5, age / 30)) FILTER (WHERE kind = 'page_view' AND strpos(lower(subject), '/pricing') > 0), 0))::numeric, 2)) AS pricing,
            least(5, round((0.5 * coalesce(sum(power(0.5, age / 30)) FILTER (WHERE kind = 'page_view'), 0))::numeric, 2)) AS visits,
            least(6, round((3 * coalesce(sum(power(0.5, age / 14)) FILTER (WHERE kind = 'page_view' AND lower(subject) = '/contact'), 0))::numeric, 2)) AS contact,
            least(4, round((0.5 * coalesce(sum(power(0.5, age / 14)) FILTER (WHERE kind = 'email_open'), 0))::numeric, 2)) AS opens,
            least(8, round((2 * coalesce(sum(power(0.5, age / 30)) FILTER (WHERE kind = 'email_click'), 0))::numeric, 2)) AS clicks,
            least(10, round((5 * coalesce(sum(power(0.5, age / 60)) FILTER (WHERE kind = 'download'), 0))::numeric, 2)) AS downloads,
            least(8, round((4 * coalesce(sum(power(0.5, age / 60)) FILTER (WHERE kind = 'form'), 0))::numeric, 2)) AS forms,
            least(18, round((9 * coalesce(sum(power(0.5, age / 90)) FILTER (WHERE kind = 'webinar'), 0))::numeric, 2)) AS webinars,
            least(8, round((8 * coalesce(sum(power(0.5, age / 90)) FILTER (WHERE kind = 'event'), 0))::numeric, 2)) AS events,
            least(20, round((20 * coalesce(sum(power(0.5, age / 45)) FILTER (WHERE kind = 'demo_request'), 0))::numeric, 2)) AS demos
        FROM (
            SELECT lead_id, kind, subject, floor(date_part('epoch', %(now)s - happened_at) / 86400) AS age
            FROM leads_activity WHERE actor_class = 'human' OFFSET 0
        ) AS aged GROUP BY lead_id
    ) AS did ON did.lead_id = l.id
) AS summed
