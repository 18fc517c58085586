using System.Globalization;
using System.Text;
using Nashi.Simulation.Nodes;

namespace Nashi.Simulation.Runs;

/// <summary>Hops against the size of the network, as a figure.</summary>
internal static class HopsFigure
{
    private const int Width = 640, Height = 360, Left = 60, Right = 20, Top = 40, Bottom = 50;
    private const double MinNodes = 80, MaxNodes = 12_500, MaxHops = 5;

    /// <summary>Runs networks of growing size and draws what they took.</summary>
    public static string Draw(IReadOnlyList<int> sizes, ulong seed, TextWriter log)
    {
        var points = new List<(int Nodes, double Mean, int Most)>();
        foreach (var nodes in sizes)
        {
            var run = new NetworkRun(new WorldOptions { Nodes = nodes, Seed = seed }, TimeSpan.FromMinutes(6), topics: 60, searchesPerSecond: 4).Run();
            points.Add((nodes, run.Hops, run.Searches.Max(search => search.HopsToNearest)));
            log.WriteLine($"{nodes} nodes: {run.Hops:0.00} hops, at most {points[^1].Most}; found {run.Found:P2} of {run.Searches.Count}; {run.Searches.Average(search => search.Requests):0.0} requests");
        }

        return Draw(points);
    }

    private static string Draw(IReadOnlyList<(int Nodes, double Mean, int Most)> points)
    {
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"22\" font-size=\"15\">Hops of a look-up to the nearest node: mean, and most</text>");
        for (var hops = 0; hops <= MaxHops; hops++)
        {
            Line(svg, $"<path d=\"M{Left} {Y(hops):0.0}H{Width - Right}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{Left - 10}\" y=\"{Y(hops) + 4:0.0}\" text-anchor=\"end\">{hops}</text>");
        }

        foreach (var nodes in new[] { 100, 300, 1000, 3000, 10_000 })
            Line(svg, $"<text x=\"{X(nodes):0.0}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{nodes}</text>");
        Line(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">nodes, 70 % of them behind translators; 1.5 % of datagrams lost</text>");
        Line(svg, $"<polyline fill=\"none\" stroke=\"#06c\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Nodes):0.0},{Y(p.Mean):0.0}")))}\"/>");
        foreach (var (nodes, mean, most) in points)
        {
            Line(svg, $"<circle cx=\"{X(nodes):0.0}\" cy=\"{Y(mean):0.0}\" r=\"4\" fill=\"#06c\"/>");
            Line(svg, $"<text x=\"{X(nodes):0.0}\" y=\"{Y(mean) - 10:0.0}\" text-anchor=\"middle\">{mean:0.00}</text>");
            Line(svg, $"<path d=\"M{X(nodes) - 5:0.0} {Y(most):0.0}h10\" stroke=\"#999\" stroke-width=\"2\"/>");
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text)).Append('\n');

    private static double X(double nodes) => Left + ((Width - Left - Right) * Math.Log(nodes / MinNodes) / Math.Log(MaxNodes / MinNodes));

    private static double Y(double hops) => Height - Bottom - ((Height - Top - Bottom) * hops / MaxHops);
}
