namespace Nashi.Cli;

/// <summary>The <c>nashi</c> program.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => CommandTree.RunAsync(args, Console.Out, Console.Error);
}
