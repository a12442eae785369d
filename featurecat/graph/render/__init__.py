"""Graphs as DOT, Mermaid, text trees and JSON."""
